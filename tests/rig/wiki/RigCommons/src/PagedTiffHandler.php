<?php

namespace MediaWiki\Extension\RigCommons;

use File;
use ImageHandler;
use MediaTransformError;
use MediaWiki\Shell\Shell;
use ThumbnailImage;
use TransformParameterError;

/**
 * TIFF with pages, named as the extension PagedTiffHandler does: `lossy-page2-960px-Name.tif.jpg`.
 *
 * @see https://github.com/wikimedia/mediawiki-extensions-PagedTiffHandler
 */
class PagedTiffHandler extends ImageHandler {
	/** @inheritDoc */
	public function getSizeAndMetadata( $state, $path ) {
		$sizes = Shell::command( '/usr/bin/identify', '-quiet', '-format', "%w %h\n", $path )
			->execute()->getStdout();
		$pages = array_map(
			static fn ( $line ) => array_combine(
				[ 'width', 'height' ], array_map( 'intval', explode( ' ', $line ) )
			),
			array_filter( explode( "\n", $sizes ) )
		);
		$first = $pages[0] ?? [ 'width' => 0, 'height' => 0 ];
		return $first + [ 'metadata' => [ 'pages' => $pages ] ];
	}

	/** @inheritDoc */
	public function isMultiPage( $file ) {
		return true;
	}

	/** @inheritDoc */
	public function pageCount( File $file ) {
		return count( $file->getMetadataItem( 'pages' ) ?? [] );
	}

	/** @inheritDoc */
	public function getPageDimensions( File $image, $page ) {
		return $image->getMetadataItem( 'pages' )[$page - 1] ?? false;
	}

	/** @inheritDoc */
	public function mustRender( $file ) {
		return true;
	}

	/** @inheritDoc */
	public function getThumbType( $ext, $mime, $params = null ) {
		return [ 'jpg', 'image/jpeg' ];
	}

	/** @inheritDoc */
	public function validateParam( $name, $value ) {
		return in_array( $name, [ 'width', 'height', 'page' ], true ) && (int)$value > 0;
	}

	/** @inheritDoc */
	public function makeParamString( $params ) {
		return 'lossy-page' . ( $params['page'] ?? 1 ) . '-' . parent::makeParamString( $params );
	}

	/** @inheritDoc */
	public function parseParamString( $str ) {
		return preg_match( '/^lossy-page(\d+)-(\d+)px$/', $str, $match )
			? [ 'page' => (int)$match[1], 'width' => (int)$match[2] ]
			: false;
	}

	/** @inheritDoc */
	public function doTransform( $image, $dstPath, $dstUrl, $params, $flags = 0 ) {
		if ( !$this->normaliseParams( $image, $params ) ) {
			return new TransformParameterError( $params );
		}
		$size = [
			'width' => $params['width'], 'height' => $params['height'], 'page' => $params['page'],
		];
		if ( $flags & self::TRANSFORM_LATER ) {
			return new ThumbnailImage( $image, $dstUrl, false, $size );
		}
		$frame = $image->getLocalRefPath() . '[' . ( $params['page'] - 1 ) . ']';
		$result = Shell::command(
			'/usr/bin/convert', '-quiet', $frame, '-background', 'white', '-flatten',
			'-resize', (string)$params['physicalWidth'], $dstPath
		)->includeStderr()->execute();
		if ( $result->getExitCode() !== 0 ) {
			return new MediaTransformError(
				'thumbnail_error', $params['width'], $params['height'], $result->getStdout()
			);
		}
		return new ThumbnailImage( $image, $dstUrl, $dstPath, $size );
	}
}

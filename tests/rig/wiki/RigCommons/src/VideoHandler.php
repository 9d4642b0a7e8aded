<?php

namespace MediaWiki\Extension\RigCommons;

use ImageHandler;
use MediaTransformError;
use MediaWiki\Shell\Shell;
use ThumbnailImage;
use TransformParameterError;

/**
 * Video of every kind, by ffmpeg; sound alone keeps MediaWiki's icon.
 *
 * Names stills as TimedMediaHandler does: `960px--Name.webm.jpg` is the middle of the video,
 * `960px-seek=3-Name.webm.jpg` its fourth second.
 *
 * @see https://github.com/wikimedia/mediawiki-extensions-TimedMediaHandler/tree/master/includes/Handlers
 */
class VideoHandler extends ImageHandler {
	/** @inheritDoc */
	public function getSizeAndMetadata( $state, $path ) {
		$probe = Shell::command(
			'/usr/bin/ffprobe', '-v', 'quiet', '-of', 'json', '-show_format', '-show_streams', $path
		)->execute()->getStdout();
		$probe = json_decode( $probe, true ) ?: [];
		$pictures = array_filter(
			$probe['streams'] ?? [], static fn ( $stream ) => $stream['codec_type'] === 'video'
		);
		$picture = reset( $pictures ) ?: [ 'width' => 0, 'height' => 0 ];
		return [
			'width' => $picture['width'],
			'height' => $picture['height'],
			'metadata' => [ 'length' => (float)( $probe['format']['duration'] ?? 0 ) ],
		];
	}

	/** @inheritDoc */
	public function getLength( $file ) {
		return (float)$file->getMetadataItem( 'length' );
	}

	/** @inheritDoc */
	public function canRender( $file ) {
		return Switches::fromInstance()->get( 'video', true ) && $file->getWidth() > 0;
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
		return $name === 'thumbtime' ? (float)$value >= 0 : parent::validateParam( $name, $value );
	}

	/** @inheritDoc */
	public function makeParamString( $params ) {
		$seek = isset( $params['thumbtime'] ) ? "seek={$params['thumbtime']}" : '';
		return parent::makeParamString( $params ) . "-$seek";
	}

	/** @inheritDoc */
	public function parseParamString( $str ) {
		if ( !preg_match( '/^(\d+)px-(?:seek=(\d+(?:\.\d+)?))?$/', $str, $match ) ) {
			return false;
		}
		$time = isset( $match[2] ) ? [ 'thumbtime' => $match[2] ] : [];
		return [ 'width' => (int)$match[1] ] + $time;
	}

	/** Sound has no size to normalise, and is no error: it gets its icon. */
	public function normaliseParams( $image, &$params ) {
		return !$this->canRender( $image ) || parent::normaliseParams( $image, $params );
	}

	/** @inheritDoc */
	public function doTransform( $image, $dstPath, $dstUrl, $params, $flags = 0 ) {
		if ( !$this->normaliseParams( $image, $params ) ) {
			return new TransformParameterError( $params );
		}
		$size = [ 'width' => $params['width'], 'height' => $params['height'] ];
		if ( $flags & self::TRANSFORM_LATER ) {
			return new ThumbnailImage( $image, $dstUrl, false, $size );
		}
		$length = $this->getLength( $image );
		$time = min( (float)( $params['thumbtime'] ?? $length / 2 ), max( 0, $length - 1 ) );
		$result = Shell::command(
			'/usr/bin/ffmpeg', '-nostdin', '-v', 'error', '-y', '-ss', (string)$time,
			'-i', $image->getLocalRefPath(), '-frames:v', '1',
			'-vf', "scale={$params['physicalWidth']}:-2", '-f', 'image2', $dstPath
		)->includeStderr()->execute();
		if ( $result->getExitCode() !== 0 ) {
			return new MediaTransformError(
				'thumbnail_error', $params['width'], $params['height'], $result->getStdout()
			);
		}
		return new ThumbnailImage( $image, $dstUrl, $dstPath, $size );
	}
}

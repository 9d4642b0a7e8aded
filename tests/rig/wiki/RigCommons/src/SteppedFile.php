<?php

namespace MediaWiki\Extension\RigCommons;

use LocalFile;

/**
 * A file whose thumbnail URLs know Wikimedia's standard widths only.
 *
 * Later MediaWiki does this by itself ($wgThumbnailSteps): the URL names the next step up, the
 * width in the answer stays the one asked for.
 */
class SteppedFile extends LocalFile {
	/** @inheritDoc */
	public function transform( $params, $flags = 0 ) {
		$isForClient = !( $flags & self::RENDER_NOW );
		if ( !$isForClient || !isset( $params['width'] ) || !$this->canRender() ) {
			return parent::transform( $params, $flags );
		}
		$params['physicalWidth'] = $this->steppedWidth( (int)$params['width'] );
		$thumbnail = parent::transform( $params, $flags );
		if ( !$thumbnail || $thumbnail->isError() ) {
			return $thumbnail;
		}
		$page = $params['page'] ?? 1;
		$height = self::scaleHeight(
			$this->getWidth( $page ), $this->getHeight( $page ), $params['width']
		);
		( function () use ( $height ) {
			$this->height = $height;
		} )->call( $thumbnail );
		return $thumbnail;
	}

	/** @inheritDoc */
	public function generateThumbName( $name, $params ) {
		// PdfHandler of 1.39 names its files by 'width'.
		$params['width'] = $params['physicalWidth'] ?? $params['width'];
		return parent::generateThumbName( $name, $params );
	}

	/** ImageMagick takes `?` in a file's name for a wildcard: scalers get a name without. */
	public function getLocalRefPath() {
		$path = parent::getLocalRefPath();
		if ( $path === false ) {
			return false;
		}
		$link = wfTempDir() . '/' . sha1( $path ) . '.' . $this->getExtension();
		if ( !is_link( $link ) ) {
			symlink( $path, $link );
		}
		return $link;
	}

	/**
	 * A bitmap is never made larger: browsers get the original instead, or, where they cannot
	 * show it (video, TIFF, PDF), the next step down.
	 */
	private function steppedWidth( int $width ): int {
		$up = array_filter( ThumbnailSteps::WIDTHS, static fn ( $step ) => $step >= $width );
		$step = $up ? min( $up ) : $width;
		if ( $this->isVectorized() || $step <= $this->getWidth() ) {
			return $step;
		}
		$down = array_filter( ThumbnailSteps::WIDTHS, fn ( $step ) => $step <= $this->getWidth() );
		return $this->mustRender() && $down ? max( $down ) : $this->getWidth();
	}
}

<?php

use MediaWiki\Extension\RigCommons\ThumbnailSteps;

/** The upload area, as upload.wikimedia.org serves it: originals, archived versions, thumbnails. */
class RigUploadArea {
	private const WRONG_WIDTH = 'Use thumbnail sizes listed on https://w.wiki/GHai';
	private const PRIVATE_PATHS = '!^(deleted|lockdir|temp)(/|$)|(^|/)\.\.(/|$)!';
	private const CHUNK_BYTES = 65536;

	/** Returns the entry point that makes a missing thumbnail, or null when this has answered. */
	public static function serve( string $path ): ?string {
		if ( preg_match( self::PRIVATE_PATHS, $path ) ) {
			return RigRoutes::notFound();
		}
		$isThumbnail = str_starts_with( $path, 'thumb/' );
		if ( $isThumbnail && !self::hasStandardWidth( $path ) ) {
			http_response_code( 429 );
			echo self::WRONG_WIDTH;
			return null;
		}
		$file = getenv( 'RIG_INSTANCE' ) . "/images/$path";
		if ( is_file( $file ) ) {
			self::send( $file );
			return null;
		}
		return $isThumbnail ? 'thumb_handler.php' : RigRoutes::notFound();
	}

	private static function hasStandardWidth( string $path ): bool {
		return !preg_match( '!(?:^|-)(\d+)px-!', basename( $path ), $match )
			|| in_array( (int)$match[1], ThumbnailSteps::WIDTHS, true );
	}

	/** Sends a file, or the part of it that a Range header asks for. */
	private static function send( string $file ): void {
		$size = filesize( $file );
		[ $first, $last ] = [ 0, $size - 1 ];
		if ( preg_match( '/^bytes=(\d+)-(\d*)$/', $_SERVER['HTTP_RANGE'] ?? '', $match ) ) {
			$first = (int)$match[1];
			$last = $match[2] === '' ? $last : min( $last, (int)$match[2] );
			if ( $first > $last ) {
				http_response_code( 416 );
				header( "Content-Range: bytes */$size" );
				return;
			}
			http_response_code( 206 );
			header( "Content-Range: bytes $first-$last/$size" );
		}
		header( 'Accept-Ranges: bytes' );
		header( 'Content-Type: ' . mime_content_type( $file ) );
		header( 'Content-Length: ' . ( $last - $first + 1 ) );
		self::copy( $file, $first, min( $last, $first + self::allowedBytes() - 1 ) );
	}

	/** A transfer that the rig breaks off sends less than the header announced. */
	private static function allowedBytes(): int {
		return RigFaults::$truncateTo ?? PHP_INT_MAX >> 1;
	}

	private static function copy( string $file, int $first, int $last ): void {
		$stream = fopen( $file, 'rb' );
		fseek( $stream, $first );
		for ( $left = $last - $first + 1; $left > 0 && !feof( $stream ); ) {
			$chunk = fread( $stream, min( $left, self::CHUNK_BYTES ) );
			$left -= strlen( $chunk );
			echo $chunk;
			flush();
		}
		fclose( $stream );
	}
}

<?php

/** What each path leads to. */
class RigRoutes {
	private const SCRIPTS = [ 'api.php', 'index.php', 'load.php', 'rest.php', 'opensearch_desc.php' ];
	private const STATIC_TYPES = [
		'css' => 'text/css', 'js' => 'text/javascript', 'svg' => 'image/svg+xml',
		'png' => 'image/png', 'gif' => 'image/gif', 'jpg' => 'image/jpeg',
	];
	private const UPLOADS = '/wikipedia/commons/';

	/** Returns the entry point that has to answer, or null when this has answered. */
	public static function mediaWikiScript( string $path ): ?string {
		if ( $path === '/' || str_starts_with( $path, '/wiki/' ) ) {
			return 'index.php';
		}
		if ( str_starts_with( $path, '/w/' ) ) {
			return self::underScriptPath( substr( $path, strlen( '/w/' ) ) );
		}
		if ( str_starts_with( $path, self::UPLOADS ) ) {
			return RigUploadArea::serve( substr( $path, strlen( self::UPLOADS ) ) );
		}
		return self::notFound();
	}

	/** Answers the rig's own questions. */
	public static function control( string $path ): void {
		if ( $path === '/rig/busy' ) {
			echo (int)apcu_fetch( 'rig-busy' );
		} elseif ( $path === '/rig/forget' ) {
			apcu_delete( new APCUIterator( '/^(?!rig-busy$)/' ) );
		} else {
			self::notFound();
		}
	}

	/** Runs the queue until it is empty, which nothing else here does. */
	public static function runJobs(): void {
		$runner = MediaWiki\MediaWikiServices::getInstance()->getJobRunner();
		do {
			$done = $runner->run( [ 'throttle' => false ] )['jobs'];
		} while ( $done );
	}

	public static function notFound(): ?string {
		http_response_code( 404 );
		header( 'Content-Type: text/html; charset=utf-8' );
		echo '<!DOCTYPE html><title>404</title><h1>Not Found</h1>';
		return null;
	}

	private static function underScriptPath( string $name ): ?string {
		if ( in_array( $name, self::SCRIPTS, true ) ) {
			return $name;
		}
		$type = self::STATIC_TYPES[pathinfo( $name, PATHINFO_EXTENSION )] ?? null;
		$file = realpath( RIG_MEDIAWIKI . "/$name" );
		$isPublic = $file && preg_match( '!^(resources|skins|extensions)/!', $name );
		if ( !$type || !$isPublic ) {
			return self::notFound();
		}
		header( "Content-Type: $type" );
		readfile( $file );
		return null;
	}
}

<?php

/** The HTTP faults that a test ordered: http_faults.json of the instance. */
class RigFaults {
	private const POLL_MICROSECONDS = 5000;

	/** How many bytes of an upload-area file get through, null for all. */
	public static ?int $truncateTo = null;

	private array $faults;

	private function __construct( array $faults ) {
		$this->faults = $faults;
	}

	public static function fromInstance(): self {
		$file = getenv( 'RIG_INSTANCE' ) . '/http_faults.json';
		return new self( is_file( $file ) ? json_decode( file_get_contents( $file ), true ) : [] );
	}

	/** Applies the first fault that concerns this request; true when the request is answered. */
	public function meet(): bool {
		foreach ( $this->faults as $fault ) {
			if ( self::concerns( $fault ) && self::take( $fault ) ) {
				return self::apply( $fault );
			}
		}
		return false;
	}

	private static function concerns( array $fault ): bool {
		$body = http_build_query( array_filter( $_POST, 'is_string' ) );
		$request = rawurldecode( $_SERVER['REQUEST_URI'] ) . "\n" . urldecode( $body );
		return preg_match( "\x01{$fault['match']}\x01", $request )
			&& preg_match( "\x01{$fault['user_agent']}\x01i", $_SERVER['HTTP_USER_AGENT'] ?? '' );
	}

	/** Counts one use down, over all workers. */
	private static function take( array $fault ): bool {
		return $fault['count'] === null || apcu_inc( "rig-fault-{$fault['id']}" ) <= $fault['count'];
	}

	private static function apply( array $fault ): bool {
		switch ( $fault['action'] ) {
			case 'status':
				http_response_code( $fault['status'] );
				array_map( 'header', $fault['headers'] );
				echo $fault['body'];
				return true;
			case 'delay':
				usleep( (int)( $fault['seconds'] * 1e6 ) );
				return false;
			case 'hold':
				self::hold( getenv( 'RIG_INSTANCE' ) . "/hold-{$fault['id']}" );
				return false;
			case 'truncate':
				self::$truncateTo = $fault['bytes'];
				return false;
		}
		throw new DomainException( "unknown action {$fault['action']}" );
	}

	/** Reports that the request has come, and keeps it until the test lets it go on. */
	private static function hold( string $file ): void {
		touch( "$file.reached" );
		while ( file_exists( $file ) ) {
			usleep( self::POLL_MICROSECONDS );
			clearstatcache();
		}
	}
}

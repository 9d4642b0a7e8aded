<?php

/** Writes down every request, so that a test can see how often and how politely it was asked. */
class RigRequestLog {
	private const SECRETS = [ 'token' => 1, 'lgtoken' => 1, 'logintoken' => 1, 'lgpassword' => 1,
		'password' => 1 ];
	private const LONGEST_VALUE = 200;

	public static function register( string $file ): void {
		$post = array_map(
			static fn ( $value ) => is_string( $value ) ? mb_strcut( $value, 0, self::LONGEST_VALUE ) : '',
			array_diff_key( $_POST, self::SECRETS )
		);
		$entry = [
			'method' => $_SERVER['REQUEST_METHOD'],
			'url' => $_SERVER['REQUEST_URI'],
			'user_agent' => $_SERVER['HTTP_USER_AGENT'] ?? '',
			'post' => (object)$post,
		];
		register_shutdown_function( static function () use ( $file, $entry ) {
			$entry['status'] = http_response_code();
			$line = json_encode( $entry, JSON_INVALID_UTF8_SUBSTITUTE ) . "\n";
			file_put_contents( $file, $line, FILE_APPEND | LOCK_EX );
		} );
	}
}

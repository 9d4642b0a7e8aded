<?php

namespace MediaWiki\Extension\RigCommons;

/** What a test changed about the wiki: runtime.json of the instance, read on every request. */
class Switches {
	private array $values;

	private function __construct( array $values ) {
		$this->values = $values;
	}

	public static function fromInstance(): self {
		$file = getenv( 'RIG_INSTANCE' ) . '/runtime.json';
		$values = is_file( $file ) ? json_decode( file_get_contents( $file ), true ) : [];
		return new self( $values );
	}

	/**
	 * @param string $name
	 * @param mixed $default
	 * @return mixed
	 */
	public function get( string $name, $default = null ) {
		return $this->values[$name] ?? $default;
	}

	/** Overrides the $wg settings that have a switch; LocalSettings.php ends with this. */
	public function applyToSettings(): void {
		global $wgReadOnly, $wgRateLimits, $wgGroupPermissions;
		$wgReadOnly = $this->get( 'readOnly' );
		foreach ( $this->get( 'rateLimits', [] ) as $action => $limits ) {
			$wgRateLimits[$action] = $limits;
		}
		foreach ( $this->get( 'groupPermissions', [] ) as $group => $rights ) {
			$wgGroupPermissions[$group] = array_merge( $wgGroupPermissions[$group] ?? [], $rights );
		}
	}
}

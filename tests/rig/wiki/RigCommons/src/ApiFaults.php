<?php

namespace MediaWiki\Extension\RigCommons;

use ApiBase;
use ApiMessage;
use MediaWiki\User\UserIdentity;
use RawMessage;

/** The API errors that a test can order: replication lag, and any code from any module. */
class ApiFaults {
	public static function onApiMaxLagInfo( array &$lagInfo ): void {
		$lag = Switches::fromInstance()->get( 'lag' );
		if ( $lag !== null ) {
			$lagInfo = [ 'host' => 'rig', 'lag' => $lag, 'type' => 'db' ];
		}
	}

	/**
	 * @param ApiBase $module
	 * @param UserIdentity $user
	 * @param mixed &$message What the API answers when this returns false.
	 */
	public static function onApiCheckCanExecute( $module, $user, &$message ): bool {
		$error = Switches::fromInstance()->get( 'apiErrors', [] )[$module->getModuleName()] ?? null;
		if ( $error === null || ( $error['user'] ?? $user->getName() ) !== $user->getName() ) {
			return true;
		}
		if ( !self::take( $error ) ) {
			return true;
		}
		$message = ApiMessage::create( new RawMessage( $error['text'] ), $error['code'] );
		return false;
	}

	/** Counts one error down; without a count the module fails for as long as it is switched. */
	private static function take( array $error ): bool {
		return $error['count'] === null || apcu_inc( "rig-error-{$error['id']}" ) <= $error['count'];
	}
}

<?php
/**
 * Creates the rig's accounts, from the JSON on standard input:
 * [ { "name", "password", "groups": [], "app_id", "app_password", "grants": [] }, … ]
 */

use MediaWiki\MediaWikiServices;

require_once '/usr/share/mediawiki/maintenance/Maintenance.php';

class PopulateRig extends Maintenance {
	public function execute() {
		foreach ( json_decode( file_get_contents( 'php://stdin' ), true ) as $account ) {
			$user = $this->userFor( $account );
			foreach ( $account['groups'] as $group ) {
				MediaWikiServices::getInstance()->getUserGroupManager()
					->addUserToGroup( $user, $group );
			}
			if ( $account['app_id'] !== null ) {
				$this->addBotPassword( $account );
			}
		}
	}

	private function userFor( array $account ): User {
		$user = User::newFromName( $account['name'] );
		if ( $user->getId() === 0 ) {
			$user->addToDatabase();
		}
		$status = $user->changeAuthenticationData( [
			'username' => $account['name'],
			'password' => $account['password'],
			'retype' => $account['password'],
		] );
		if ( !$status->isGood() ) {
			$this->fatalError( $status->getMessage()->text() );
		}
		return $user;
	}

	private function addBotPassword( array $account ): void {
		$password = MediaWikiServices::getInstance()->getPasswordFactory()
			->newFromPlaintext( $account['app_password'] );
		$status = BotPassword::newUnsaved( [
			'username' => $account['name'],
			'appId' => $account['app_id'],
			'grants' => $account['grants'],
		] )->save( 'insert', $password );
		if ( !$status->isGood() ) {
			$this->fatalError( $status->getMessage()->text() );
		}
	}
}

$maintClass = PopulateRig::class;
require_once RUN_MAINTENANCE_IF_MAIN;

<?php

namespace MediaWiki\Extension\RigCommons;

use FormatJson;
use MachineReadableRCFeedFormatter;
use MediaWiki\MediaWikiServices;
use RecentChange;
use Title;
use WebRequest;

/**
 * Writes recent changes as the EventBus extension does, under the name of Wikimedia Commons.
 *
 * An exception in here would lose the recent-changes row too, and silently: this runs after the
 * response was sent.
 *
 * @see https://github.com/wikimedia/mediawiki-extensions-EventBus/tree/master/includes/Adapters/RCFeed
 */
class EventFormatter extends MachineReadableRCFeedFormatter {
	private const SERVER = 'https://commons.wikimedia.org';
	private const DOMAIN = 'commons.wikimedia.org';

	/** @inheritDoc */
	public function getLine( array $feed, RecentChange $rc, $actionComment ) {
		$packet = FormatJson::decode( parent::getLine( $feed, $rc, $actionComment ), true );
		$title = $rc->getTitle();
		$page = self::SERVER . '/wiki/' . wfUrlencode( $title->getPrefixedDBkey() );
		$event = [
			'$schema' => '/mediawiki/recentchange/1.0.0',
			'meta' => [
				'uri' => $page,
				'request_id' => WebRequest::getRequestId(),
				'domain' => self::DOMAIN,
				'stream' => 'mediawiki.recentchange',
			],
			'title_url' => $page,
			'notify_url' => $this->notifyUrl( $rc ),
			'server_url' => self::SERVER,
			'server_name' => self::DOMAIN,
			'parsedcomment' => $this->parsedComment( $packet['comment'], $title ),
		] + $packet;
		return FormatJson::encode( self::withoutNulls( $event ), false, FormatJson::ALL_OK );
	}

	/** @inheritDoc */
	protected function formatArray( array $packet ) {
		return FormatJson::encode( $packet );
	}

	/** The page that shows the change; log entries have none. */
	private function notifyUrl( RecentChange $rc ): ?string {
		if ( $rc->getAttribute( 'rc_type' ) === RC_LOG ) {
			return null;
		}
		$new = $rc->getAttribute( 'rc_this_oldid' );
		$query = $rc->getAttribute( 'rc_type' ) === RC_NEW
			? [ 'oldid' => $new ]
			: [ 'diff' => $new, 'oldid' => $rc->getAttribute( 'rc_last_oldid' ) ];
		$query['rcid'] = $rc->getAttribute( 'rc_id' );
		return self::SERVER . '/w/index.php?' . wfArrayToCgi( $query );
	}

	private function parsedComment( string $comment, Title $title ): string {
		return MediaWikiServices::getInstance()->getCommentFormatter()->format( $comment, $title );
	}

	/** EventBus drops every field that is null, at any depth. */
	private static function withoutNulls( array $event ): array {
		$kept = array_filter( $event, static fn ( $value ) => $value !== null );
		return array_map(
			static fn ( $value ) => is_array( $value ) ? self::withoutNulls( $value ) : $value,
			$kept
		);
	}
}

<?php

namespace MediaWiki\Extension\RigCommons;

use File;
use MediaWiki\MediaWikiServices;
use TextContent;
use Wikimedia\LightweightObjectStore\ExpirationAwareness;

/**
 * Licence and author of a file, read from its page as CommonsMetadata does; the author is HTML.
 *
 * @see https://www.mediawiki.org/wiki/Extension:CommonsMetadata
 */
class FileCredits {
	private const PATTERNS = [
		'LicenseShortName' => '/\{\{(cc-[^{}|]+)/i',
		'Artist' => '/\|\s*author\s*=([^|}\n]*)/i',
	];

	/**
	 * @param array &$combinedMeta What is told of the file.
	 * @param File $file
	 * @param mixed $context
	 * @param bool $single
	 * @param int &$maxCacheTime In seconds. The first time is during the upload, before the page.
	 */
	public static function onGetExtendedMetadata(
		&$combinedMeta, $file, $context, $single, &$maxCacheTime
	): void {
		$maxCacheTime = ExpirationAwareness::TTL_UNCACHEABLE;
		$page = MediaWikiServices::getInstance()->getWikiPageFactory()
			->newFromTitle( $file->getTitle() );
		$content = $page->getContent();
		$text = $content instanceof TextContent ? $content->getText() : '';
		foreach ( self::PATTERNS as $name => $pattern ) {
			if ( preg_match( $pattern, $text, $match ) ) {
				$value = htmlspecialchars( trim( $match[1] ) );
				$combinedMeta[$name] = [
					'value' => $name === 'Artist' ? "<a href=\"#\">$value</a>" : $value,
					'source' => 'commons-desc-page',
				];
			}
		}
	}
}

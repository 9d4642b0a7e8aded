<?php

namespace MediaWiki\Extension\RigCommons;

/**
 * Wikimedia's standard thumbnail widths.
 *
 * @see https://www.mediawiki.org/wiki/Common_thumbnail_sizes
 */
class ThumbnailSteps {
	public const WIDTHS = [ 20, 40, 60, 120, 250, 330, 500, 960, 1280, 1920, 3840 ];
}

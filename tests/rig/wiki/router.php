<?php
/**
 * The web server's configuration, for `php -S`: entry points, the upload area, faults.
 *
 * MediaWiki has to be included at this level: it takes its variables for globals.
 */

require_once __DIR__ . '/RigCommons/src/ThumbnailSteps.php';
require_once __DIR__ . '/router/Faults.php';
require_once __DIR__ . '/router/RequestLog.php';
require_once __DIR__ . '/router/Routes.php';
require_once __DIR__ . '/router/UploadArea.php';

const RIG_MEDIAWIKI = '/usr/share/mediawiki';

$rigPath = rawurldecode( parse_url( $_SERVER['REQUEST_URI'], PHP_URL_PATH ) );
if ( str_starts_with( $rigPath, '/rig/' ) ) {
	RigRoutes::control( $rigPath );
	return true;
}

// How many requests are being worked on, work after the answer included: `rig.settle()` waits
// until there are none.
apcu_inc( 'rig-busy' );
register_shutdown_function( static fn () => apcu_dec( 'rig-busy' ) );
RigRequestLog::register( getenv( 'RIG_INSTANCE' ) . '/requests.ndjson' );

if ( RigFaults::fromInstance()->meet() ) {
	return true;
}
$rigScript = RigRoutes::mediaWikiScript( $rigPath );
if ( $rigScript === null ) {
	return true;
}

$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = "/w/$rigScript";
$_SERVER['SCRIPT_FILENAME'] = RIG_MEDIAWIKI . "/$rigScript";
unset( $_SERVER['PATH_INFO'], $_SERVER['ORIG_PATH_INFO'] );
chdir( RIG_MEDIAWIKI );
require RIG_MEDIAWIKI . "/$rigScript";

if ( $_SERVER['REQUEST_METHOD'] === 'POST' ) {
	RigRoutes::runJobs();
}
return true;

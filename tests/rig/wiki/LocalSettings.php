<?php
/**
 * A wiki set up like Wikimedia Commons where the bot can tell the difference, on SQLite.
 *
 * Commons' own settings: https://noc.wikimedia.org/conf/ (wmf-config/InitialiseSettings.php).
 * The rig passes RIG_INSTANCE, RIG_SNAPSHOT, RIG_PORT and RIG_FEED_PORT in the environment.
 */

$rigInstance = getenv( 'RIG_INSTANCE' );
$rigSnapshot = getenv( 'RIG_SNAPSHOT' );

$wgServer = 'http://127.0.0.1:' . getenv( 'RIG_PORT' );
$wgCanonicalServer = $wgServer;
$wgScriptPath = '/w';
$wgArticlePath = '/wiki/$1';
$wgSitename = 'Wikimedia Commons';
$wgMetaNamespace = 'Commons';
$wgLanguageCode = 'en';
$wgLocaltimezone = 'UTC';
$wgSecretKey = str_repeat( 'rig', 20 );
$wgEnableEmail = false;
$wgShowExceptionDetails = true;
$wgDebugLogGroups['exception'] = "$rigInstance/exceptions.log";
wfLoadSkin( 'Vector' );
$wgDefaultSkin = 'vector';

// Durability is worth nothing here, speed is.
$wgDBservers = [ [
	'type' => 'sqlite',
	'dbname' => 'commonswiki',
	'dbDirectory' => "$rigInstance/db",
	'trxMode' => 'IMMEDIATE',
	'variables' => [ 'synchronous' => 'OFF' ],
	'flags' => DBO_DEFAULT,
	'load' => 1,
] ];
$wgDBname = 'commonswiki';
$wgMainCacheType = CACHE_ACCEL;
$wgParserCacheType = CACHE_ACCEL;
$wgSessionCacheType = CACHE_ACCEL;
$wgCacheDirectory = "$rigSnapshot/cache";
$wgLocalisationCacheConf['store'] = 'array';
$wgLocalisationCacheConf['manualRecache'] = true;
$wgJobRunRate = 0; // router.php runs the jobs: api.php never does

// The fastest of MediaWiki's hashes; the passwords are public.
$wgPasswordDefault = 'B';
$wgPasswordPolicy['policies'] = [ 'default' => [] ];
$wgEnableBotPasswords = true;
$wgAutoConfirmAge = 0;

// Uploads, in the directory layout of upload.wikimedia.org.
$wgEnableUploads = true;
$wgUploadDirectory = "$rigInstance/images";
$wgUploadPath = "$wgServer/wikipedia/commons";
$wgFileExtensions = [
	'jpg', 'jpeg', 'png', 'gif', 'webp', 'tif', 'tiff', 'svg', 'pdf', 'djvu',
	'ogg', 'ogv', 'oga', 'opus', 'flac', 'wav', 'mp3', 'webm', 'mpg', 'mpeg',
];
$wgTmpDirectory = "$rigInstance/tmp";
$wgMaxUploadSize = 200 * 1024 * 1024;
$wgUseImageMagick = true;
$wgImageMagickConvertCommand = '/usr/bin/convert';
$wgSVGConverter = 'rsvg';
$wgDjvuDump = '/usr/bin/djvudump';
$wgDjvuRenderer = '/usr/bin/ddjvu';
$wgDjvuTxt = '/usr/bin/djvutxt';
$wgDjvuPostProcessor = '/usr/bin/convert ppm:- jpg:-';
$wgDiff3 = '/usr/bin/diff3';
$wgMaxShellMemory = 1024 * 1024; // KiB
$wgMaxImageArea = false; // as in production, where the scaler finds out by itself
$wgGenerateThumbnailOnParse = false; // thumbnails are made when their URL is first asked for
wfLoadExtension( 'PdfHandler' );
wfLoadExtension( 'ParserFunctions' );

$wgUseRCPatrol = true;
$wgUseFilePatrol = true;
$wgRCWatchCategoryMembership = true;
$wgGroupPermissions['patroller']['patrol'] = true;
$wgGroupPermissions['patroller']['autopatrol'] = true;
$wgGroupPermissions['bot']['autopatrol'] = true;
$wgGroupPermissions['bot']['changetags'] = true;
$wgGroupPermissions['user']['changetags'] = false;

wfLoadExtension( 'RigCommons', __DIR__ . '/RigCommons/extension.json' );
$wgLocalFileRepo = [
	'class' => MediaWiki\Extension\RigCommons\SteppedRepo::class,
	'name' => 'local',
	'directory' => $wgUploadDirectory,
	'url' => $wgUploadPath,
	'hashLevels' => 2,
	'thumbScriptUrl' => false,
	'transformVia404' => true,
	'deletedDir' => "$wgUploadDirectory/deleted",
	'deletedHashLevels' => 3,
];
$wgRCFeeds['rig'] = [
	'class' => UDPRCFeedEngine::class,
	'formatter' => MediaWiki\Extension\RigCommons\EventFormatter::class,
	'uri' => 'udp://127.0.0.1:' . getenv( 'RIG_FEED_PORT' ),
	'add_interwiki_prefix' => false,
	'omit_bots' => false,
];

// Extensions are not loaded yet at this point.
require_once __DIR__ . '/RigCommons/src/Switches.php';
MediaWiki\Extension\RigCommons\Switches::fromInstance()->applyToSettings();

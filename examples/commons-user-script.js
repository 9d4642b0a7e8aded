/*
 * Shows on a file's page what Commons Lookout knows of the file: an automated suggestion, never a
 * judgement. Only for those who opt in. Put on Special:MyPage/common.js
 *
 *   window.commonsLookout = { api: 'https://commons-lookout.toolforge.org' };
 *   mw.loader.load( '…the address of this script…' );
 *
 * It asks the service named there about the one file whose page is open, and nothing else.
 */
( function ( mw, settings ) {
	'use strict';

	/** Say a score in words: "drawing 0.98". */
	function line( upload ) {
		var verdict = upload.verdicts[ 0 ];
		if ( !verdict ) {
			return 'not scored (' + ( upload.reason || upload.state ) + ')';
		}
		var scores = verdict.views[ 0 ].scores;
		var label = Object.keys( scores ).reduce( function ( a, b ) {
			return scores[ a ] >= scores[ b ] ? a : b;
		} );
		return label + ' ' + scores[ label ].toFixed( 2 ) + ', ' + verdict.verdict +
			' (' + verdict.model + ')';
	}

	/** Put a sentence under the page's heading, as text: nothing in it can be markup. */
	function show( text ) {
		var place = document.createElement( 'div' );
		place.id = 'commons-lookout';
		place.textContent = 'Automated suggestion by Commons Lookout: ' + text;
		var content = document.getElementById( 'mw-content-text' );
		content.parentNode.insertBefore( place, content );
	}

	if ( !settings || !settings.api || mw.config.get( 'wgNamespaceNumber' ) !== 6 ) {
		return;
	}
	fetch( settings.api + '/v1/files/' + encodeURIComponent( mw.config.get( 'wgTitle' ) ), {
		credentials: 'omit'
	} ).then( function ( answer ) {
		return answer.ok ? answer.json() : null;
	} ).then( function ( file ) {
		show( file ? line( file.uploads[ 0 ] ) : 'nothing known of this file.' );
	} ).catch( function () {
		show( 'the service cannot be reached.' );
	} );
}( window.mw, window.commonsLookout ) );

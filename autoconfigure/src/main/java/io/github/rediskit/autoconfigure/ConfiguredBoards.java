package io.github.rediskit.autoconfigure;

import java.util.Map;

import io.github.rediskit.structures.LeaderboardSettings;

/**
 * The leaderboards that the properties name, checked.
 *
 * @param settings by name
 */
record ConfiguredBoards(Map<String, LeaderboardSettings> settings) {

}

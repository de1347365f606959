package io.github.rediskit.sample.scores;

import java.util.Map;
import java.util.UUID;
import java.util.UUID;

import io.github.rediskit.structures.Heartbeat;
import io.github.rediskit.structures.Heartbeats;
import io.github.rediskit.structures.MissedBeatEvent;
import jakarta.annotation.PreDestroy;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;

/**
 * The instances of the shop that are alive. This one says so itself, until it ends; of
 * one that was killed, one of the others is told.
 */
@Service
public class OpenShops {

	private static final Log logger = LogFactory.getLog(OpenShops.class);

	private static final String GROUP = "shops";

	private final Heartbeats heartbeats;

	private final Heartbeat own;

	OpenShops(Heartbeats heartbeats) {
		this.heartbeats = heartbeats;
		this.own = heartbeats.keepBeating(GROUP, UUID.randomUUID().toString(),
				Map.of("pid", String.valueOf(ProcessHandle.current().pid()), "java", Runtime.version().toString()));
	}

	/** Who is alive, by id, and what each says of itself. */
	public Map<String, Map<String, String>> all() {
		return this.heartbeats.alive(GROUP);
	}

	@EventListener
	void missed(MissedBeatEvent event) {
		logger.warn("A shop has not been heard of for %d ms more than it may take: %s"
			.formatted(event.since().toMillis(), event.details()));
	}

	@PreDestroy
	void leave() {
		this.own.close();
	}

}

package io.github.rediskit.autoconfigure.actuator;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.github.rediskit.lock.DistributedLocks;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * Shows what this instance has of Redis: its connections, caches, policies and locks. Who
 * gives it unrestricted access lets operators take a lock away.
 */
@Endpoint(id = "rediskit", defaultAccess = Access.READ_ONLY)
public final class RediskitEndpoint {

	private final List<RediskitSection> sections;

	private final ObjectProvider<DistributedLocks> locks;

	RediskitEndpoint(List<RediskitSection> sections, ObjectProvider<DistributedLocks> locks) {
		this.sections = sections;
		this.locks = locks;
	}

	/**
	 * Everything.
	 * @return the sections by name
	 */
	@ReadOperation
	public Map<String, Object> sections() {
		Map<String, Object> all = new LinkedHashMap<>();
		this.sections.forEach((section) -> all.put(section.name(), content(section)));
		return all;
	}

	/**
	 * One section.
	 * @param section its name
	 * @return its content; {@code null} if there is none of that name
	 */
	@ReadOperation
	public @Nullable Object section(@Selector String section) {
		return this.sections.stream()
			.filter((one) -> one.name().equals(section))
			.findFirst()
			.map(RediskitEndpoint::content)
			.orElse(null);
	}

	/** One section that fails keeps no other from being shown. */
	private static Object content(RediskitSection section) {
		try {
			return section.content();
		}
		catch (RuntimeException ex) {
			return Map.of("failure", ex.getClass().getName());
		}
	}

	/**
	 * Takes a lock away from whoever holds it, on whatever instance.
	 * @param section {@code locks}
	 * @param name the name of the lock
	 * @param key its key, as it is shown, without a slash
	 * @param mode as it is shown; {@code null} for an exclusive one
	 * @return whether it was held
	 */
	@DeleteOperation
	public Map<String, Boolean> release(@Selector String section, @Selector String name, @Selector String key,
			@Nullable String mode) {
		return releaseAnyKey(section, name, key, mode);
	}

	/**
	 * The same for any key. In a path, servers and clients leave out empty and dotted
	 * parts, which would make it another lock's.
	 * @param section {@code locks}
	 * @param name the name of the lock
	 * @param key its key, as it is shown
	 * @param mode as it is shown; {@code null} for an exclusive one
	 * @return whether it was held
	 */
	@DeleteOperation
	public Map<String, Boolean> releaseAnyKey(@Selector String section, @Selector String name, String key,
			@Nullable String mode) {
		DistributedLocks locks = this.locks.getIfAvailable();
		if (!section.equals(LocksSection.NAME) || locks == null) {
			throw new InvalidEndpointRequestException("No section " + section + " to delete from",
					"Only locks can be taken away");
		}
		try {
			return Map.of("released", locks.forceRelease(LocksSection.request(name, key, mode)));
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidEndpointRequestException("No such lock", String.valueOf(ex.getMessage()), ex);
		}
	}

}

package io.github.rediskit.autoconfigure.devservices;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers on this machine. They lie below the range from which systems serve
 * outgoing connections, as do the ports of Redis Cluster's bus, 10000 higher: nobody
 * takes a server's port while it restarts.
 */
public final class LoopbackPorts {

	private static final int FIRST = 10_000;

	private static final int LAST = 22_000;

	private static final int CLUSTER_BUS_OFFSET = 10_000;

	private LoopbackPorts() {
	}

	/**
	 * A port that is free now, and its cluster bus port too. It may be taken a moment
	 * later: who finds it so tries the next.
	 * @return the port
	 */
	public static int findFree() {
		while (true) {
			int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
			if (isFree(port) && isFree(port + CLUSTER_BUS_OFFSET)) {
				return port;
			}
		}
	}

	private static boolean isFree(int port) {
		try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
			return socket.isBound();
		}
		catch (IOException ex) {
			return false;
		}
	}

}

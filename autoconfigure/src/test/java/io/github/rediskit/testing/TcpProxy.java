package io.github.rediskit.testing;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import io.github.rediskit.autoconfigure.devservices.LoopbackPorts;
import org.jspecify.annotations.Nullable;

/**
 * A faulty network between a client and a server: connections are made to this proxy's
 * port and passed on, until a test says otherwise.
 */
public final class TcpProxy implements AutoCloseable {

	private final String host;

	private final int target;

	private final int port;

	private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

	private final Object state = new Object();

	private boolean stalled;

	private volatile long latencyNanos;

	private volatile @Nullable ServerSocket server;

	private TcpProxy(String host, int target) {
		this.host = host;
		this.target = target;
		this.port = LoopbackPorts.findFree();
		listen();
	}

	/** A proxy to a server. */
	public static TcpProxy to(RedisTestServer server) {
		return to(server.host(), server.port());
	}

	/** A proxy to any address. */
	public static TcpProxy to(String host, int port) {
		return new TcpProxy(host, port);
	}

	public String host() {
		return "127.0.0.1";
	}

	public int port() {
		return this.port;
	}

	/** Such as {@code redis://127.0.0.1:12345}. */
	public String uri() {
		return "redis://" + host() + ":" + this.port;
	}

	/** Close all connections. New ones are still accepted. */
	public void cut() {
		this.sockets.forEach(TcpProxy::close);
	}

	/** Refuse new connections. Those that are open stay: see {@link #cut()}. */
	public void refuse() {
		ServerSocket listening = this.server;
		this.server = null;
		close(listening);
	}

	/** Accept connections and data, but pass nothing on, in neither direction. */
	public void stall() {
		synchronized (this.state) {
			this.stalled = true;
		}
	}

	/** Delay what is passed on, in each direction. */
	public void latency(Duration latency) {
		this.latencyNanos = latency.toNanos();
	}

	/** Be a good network again; what was held back is passed on. */
	public void resume() {
		this.latencyNanos = 0;
		flow();
		if (this.server == null) {
			listen();
		}
	}

	private void listen() {
		try {
			ServerSocket listening = new ServerSocket(this.port, 50, InetAddress.getByName(host()));
			this.server = listening;
			start(() -> accept(listening));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void accept(ServerSocket listening) throws IOException {
		while (true) {
			Socket client = listening.accept();
			this.sockets.add(client);
			start(() -> connect(client));
		}
	}

	private void connect(Socket client) throws IOException {
		try {
			awaitFlow();
			Socket upstream = new Socket(this.host, this.target);
			this.sockets.add(upstream);
			client.setTcpNoDelay(true);
			upstream.setTcpNoDelay(true);
			start(() -> pump(client, upstream));
			pump(upstream, client);
		}
		finally {
			close(client);
		}
	}

	private void pump(Socket from, Socket to) throws IOException {
		try (from; to) {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			byte[] buffer = new byte[8192];
			for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
				LockSupport.parkNanos(this.latencyNanos);
				awaitFlow();
				out.write(buffer, 0, length);
			}
		}
		finally {
			this.sockets.remove(from);
			this.sockets.remove(to);
		}
	}

	private void awaitFlow() throws IOException {
		synchronized (this.state) {
			while (this.stalled) {
				try {
					this.state.wait();
				}
				catch (InterruptedException ex) {
					throw new IOException(ex);
				}
			}
		}
	}

	private static void start(Action action) {
		Thread thread = new Thread(() -> {
			try {
				action.run();
			}
			catch (IOException ex) {
				// a connection ended, or the proxy stopped listening: that is its trade
			}
		}, "tcp-proxy");
		thread.setDaemon(true);
		thread.start();
	}

	private static void close(@Nullable Closeable socket) {
		try {
			if (socket != null) {
				socket.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		refuse();
		cut();
		flow();
	}

	private void flow() {
		synchronized (this.state) {
			this.stalled = false;
			this.state.notifyAll();
		}
	}

	@FunctionalInterface
	private interface Action {

		void run() throws IOException;

	}

}

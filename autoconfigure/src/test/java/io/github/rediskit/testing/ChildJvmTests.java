package io.github.rediskit.testing;

import java.io.BufferedReader;
import java.io.IOException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a process said before it was killed counts.
 */
@Timeout(60)
class ChildJvmTests {

	@Test
	void whatAProcessWroteBeforeItWasKilledCanBeRead() throws IOException, InterruptedException {
		Process process = ChildJvm.start(Says.class, "one", "two");
		BufferedReader output = process.inputReader();
		assertThat(output.readLine()).isEqualTo("ready");
		process.outputWriter().append("go\n").flush();
		while (process.getInputStream().available() < "one\ntwo\n".length()) {
			Thread.onSpinWait();
		}
		ChildJvm.kill(process);
		assertThat(process.isAlive()).isFalse();
		assertThat(output.lines()).containsExactly("one", "two");
	}

	/** Says what it is given, and then nothing for ever. */
	static final class Says {

		private Says() {
		}

		public static void main(String[] args) throws IOException, InterruptedException {
			System.out.println("ready");
			System.in.read();
			System.out.print(String.join("\n", args) + "\n");
			System.out.flush();
			Thread.currentThread().join();
		}

	}

}

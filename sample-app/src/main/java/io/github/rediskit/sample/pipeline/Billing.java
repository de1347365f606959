package io.github.rediskit.sample.pipeline;

import java.time.Duration;

import io.github.rediskit.messaging.MessageInfo;
import io.github.rediskit.messaging.RedisQueue;
import io.github.rediskit.messaging.RedisQueueListener;
import io.github.rediskit.messaging.RedisQueues;
import io.github.rediskit.messaging.RedisStreamListener;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Service;

/**
 * Writes the bill of each order, and has an e-mail sent a little later. An order that
 * can't be billed is tried a few times and then set aside, as {@code application.yml}
 * says; the others do not wait for it. Each order is billed at least once: a real shop
 * would ask its database whether there is a bill already.
 */
@Service
public class Billing {

	/** What the program has a bug with. */
	static final String POISON = "poison";

	private final Journal journal;

	private final RedisQueue<Mail> mails;

	private final Duration mailDelay;

	private volatile boolean bugFixed;

	Billing(Journal journal, RedisQueues queues, @Value("${shop.mail-delay}") Duration mailDelay) {
		this.journal = journal;
		this.mails = queues.queue("email", Mail.class);
		this.mailDelay = mailDelay;
	}

	@RedisStreamListener(stream = "orders", group = "billing", concurrency = "2")
	void bill(PlacedOrder order, MessageInfo info) {
		if (POISON.equals(order.article()) && !this.bugFixed) {
			this.journal.note("failed", "order %s, attempt %d".formatted(order.number(), info.attempt()));
			throw new IllegalStateException("No price is known of " + order.article());
		}
		this.mails.send(new Mail(order.customer(), "Thank you for ordering " + order.article()), this.mailDelay);
		this.journal.note("billed", "order %s of %s: %s".formatted(order.number(), order.customer(), order.article()));
	}

	@RedisQueueListener("email")
	void send(Mail mail) {
		this.journal.note("mailed", mail.to() + ": " + mail.text());
	}

	/** How many e-mails are still to be sent. */
	long mailsWaiting() {
		return this.mails.size();
	}

	/**
	 * A new release of the program.
	 * @param fixed whether it has no bug any more
	 */
	void fixBug(boolean fixed) {
		this.bugFixed = fixed;
	}

}

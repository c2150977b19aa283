import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;
import org.apache.activemq.artemis.core.settings.impl.AddressSettings;

/**
 * A STOMP 1.2 broker, over TCP and WebSocket on one port of the loopback, in memory only. Topics are made when somebody
 * subscribes.
 */
public final class StompBroker {
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[0]);
    AddressSettings topics = new AddressSettings()
        .setAutoCreateAddresses(true)
        .setAutoCreateQueues(true)
        .setDefaultAddressRoutingType(RoutingType.MULTICAST)
        .setDefaultQueueRoutingType(RoutingType.MULTICAST);
    ConfigurationImpl configuration = new ConfigurationImpl();
    configuration.setPersistenceEnabled(false).setSecurityEnabled(false).setJMXManagementEnabled(false);
    configuration.addAcceptorConfiguration("stomp", "tcp://127.0.0.1:" + port + "?protocols=STOMP");
    configuration.addAddressSetting("#", topics);
    EmbeddedActiveMQ broker = new EmbeddedActiveMQ();
    broker.setConfiguration(configuration);
    broker.start();
    System.out.println("ready");
    Thread.currentThread().join();
  }
}

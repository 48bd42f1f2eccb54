using StreamChat.TestSupport.Brokers;

[assembly: AssemblyFixture(typeof(RabbitMqServer))]

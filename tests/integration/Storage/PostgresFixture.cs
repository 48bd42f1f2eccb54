using StreamChat.TestSupport.Databases;

[assembly: AssemblyFixture(typeof(PostgresServer))]

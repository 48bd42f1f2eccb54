using StreamChat.TestSupport.Processes;
using StreamChat.TestSupport.Servers;
using Testcontainers.PostgreSql;

namespace StreamChat.TestSupport.Databases;

/// <summary>A server in a container, on a port that is chosen beforehand.</summary>
internal sealed class ContainerDatabase : IDatabaseServer
{
    private const string Name = "postgres";

    private readonly int _port = FreePorts.Next();
    private readonly PostgreSqlContainer _container;

    public ContainerDatabase() => _container = new PostgreSqlBuilder(ContainerImages.Of("postgres"))
        .WithUsername(Name)
        .WithPassword(Name)
        .WithDatabase(Name)
        .WithPortBinding(_port, PostgreSqlBuilder.PostgreSqlPort)
        .WithCreateParameterModifier(ContainerImages.PublishOnLoopback)
        .WithCommand("-c", "max_connections=200", "-c", "fsync=off")
        .Build();

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username={Name};Password={Name};Database={Name}";

    public bool IsOurs => true;

    public Task StartAsync() => _container.StartAsync();

    public Task StopAsync() => ContainerImages.KillAsync(_container.Id);

    public void AssertRuns()
    {
    }

    public ValueTask DisposeAsync() => _container.DisposeAsync();
}

namespace StreamChat.TestSupport.Databases;

/// <summary>One way to have a PostgreSQL.</summary>
internal interface IDatabaseServer : IAsyncDisposable
{
    /// <summary>The server's own database. Known before it runs.</summary>
    string ConnectionString { get; }

    /// <summary>Whether it can be stopped and started again.</summary>
    bool IsOurs { get; }

    /// <summary>Starts it with the data of the last time, without waiting until it answers.</summary>
    Task StartAsync();

    /// <summary>Ends it at once, and keeps the data.</summary>
    Task StopAsync();

    /// <summary>Fails when it has ended by itself.</summary>
    /// <exception cref="InvalidOperationException">It has; the message has what it wrote.</exception>
    void AssertRuns();
}

/// <summary>A server that runs somewhere and is not ours to stop.</summary>
internal sealed class GivenDatabase(string connectionString) : IDatabaseServer
{
    public string ConnectionString => connectionString;

    public bool IsOurs => false;

    public Task StartAsync() => Task.CompletedTask;

    public Task StopAsync() => Task.CompletedTask;

    public void AssertRuns()
    {
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

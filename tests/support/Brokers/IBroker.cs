namespace StreamChat.TestSupport.Brokers;

/// <summary>One way to have a RabbitMQ.</summary>
internal interface IBroker : IAsyncDisposable
{
    /// <summary>Its default virtual host. Known before it runs.</summary>
    Uri Uri { get; }

    /// <summary>Whether it can be stopped and started again.</summary>
    bool IsOurs { get; }

    /// <summary>Starts it with the data of the last time, without waiting until it answers.</summary>
    Task StartAsync();

    /// <summary>Has it end in order, and keeps the data.</summary>
    Task StopAsync();

    /// <summary>Ends it at once, as a power cut does, and keeps what is on disk.</summary>
    Task KillAsync();

    /// <summary>Runs <c>rabbitmqctl</c> against it and returns what it wrote.</summary>
    Task<string> ControlAsync(params IReadOnlyList<string> arguments);

    /// <summary>What it wrote last, to go with a failure.</summary>
    string Output { get; }
}

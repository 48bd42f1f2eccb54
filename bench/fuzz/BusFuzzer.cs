using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using StreamChat.Contracts;
using StreamChat.TestSupport.Brokers;

namespace StreamChat.Fuzz;

/// <summary>
/// Publishes to every exchange and queue: what was seen on the bus with changes, a message of every contract with made-up members, and garbage.
/// </summary>
internal sealed class BusFuzzer : IAsyncDisposable
{
    private const int MostSamples = 2_000;
    private const string MassTransitJson = "application/vnd.masstransit+json";

    private static readonly Type[] Contracts =
        [.. typeof(ContractsJson).Assembly.GetExportedTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t.GetProperties().Length > 0)];

    private readonly ConcurrentQueue<(byte[] Body, string? ContentType)> _samples = new();
    private readonly Mutator _mutator;
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly IReadOnlyList<string> _exchanges;
    private readonly IReadOnlyList<string> _queues;

    private BusFuzzer(Mutator mutator, IConnection connection, IChannel channel, IReadOnlyList<string> exchanges, IReadOnlyList<string> queues)
    {
        _mutator = mutator;
        _connection = connection;
        _channel = channel;
        _exchanges = exchanges;
        _queues = queues;
    }

    /// <summary>Where it publishes to.</summary>
    public string Targets => string.Create(CultureInfo.InvariantCulture, $"{_exchanges.Count} exchanges, {_queues.Count} queues, {Contracts.Length} contracts");

    /// <summary>How many messages it has overheard.</summary>
    public int Samples => _samples.Count;

    public static async Task<BusFuzzer> StartAsync(RabbitMqServer broker, Mutator mutator)
    {
        var exchanges = Lines(await broker.ControlAsync("--quiet", "list_exchanges", "name")).Where(n => !n.StartsWith("amq.", StringComparison.Ordinal)).ToArray();
        var queues = Lines(await broker.ControlAsync("--quiet", "list_queues", "name"))
            .Where(n => !n.EndsWith("_error", StringComparison.Ordinal) && !n.EndsWith("_skipped", StringComparison.Ordinal)).ToArray();
        var connection = await new ConnectionFactory { Uri = broker.Uri }.CreateConnectionAsync();
        var channel = await connection.CreateChannelAsync();
        var fuzzer = new BusFuzzer(mutator, connection, channel, exchanges, queues);
        await fuzzer.ListenAsync();
        return fuzzer;
    }

    /// <summary>One message.</summary>
    /// <returns>What was sent.</returns>
    public async Task<byte[]> RoundAsync(CancellationToken cancellationToken)
    {
        var (body, contentType) = Message();
        var properties = new BasicProperties
        {
            ContentType = _mutator.Chance(0.05) ? Shorten(_mutator.Text()) : contentType,
            MessageId = _mutator.Chance(0.1) ? Shorten(_mutator.Text()) : Guid.NewGuid().ToString(),
            Expiration = _mutator.Chance(0.1) ? "1000" : null,
        };
        if (_mutator.Chance(0.2))
        {
            properties.Headers = new Dictionary<string, object?> { [_mutator.Pick(["MT-Host", "MT-Fault-Message", "x-delivery-count", "traceparent", "Diagnostic-Id"])] = Shorten(_mutator.Text()) };
        }

        var toQueue = _queues.Count > 0 && _mutator.Chance(0.5);
        await _channel.BasicPublishAsync(
            toQueue ? "" : _mutator.Pick(_exchanges), toQueue ? _mutator.Pick(_queues) : "", mandatory: false, properties, body, cancellationToken);
        return body;
    }

    public async ValueTask DisposeAsync()
    {
        await _channel.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private static IEnumerable<string> Lines(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(l => l.Length > 0 && l != "name");

    private static string Shorten(string text) => text.Length > 60 ? text[..60] : text;

    private async Task ListenAsync()
    {
        var queue = await _channel.QueueDeclareAsync();
        foreach (var exchange in _exchanges)
        {
            await _channel.QueueBindAsync(queue.QueueName, exchange, "#");
        }

        var consumer = new AsyncEventingBasicConsumer(_channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            if (_samples.Count < MostSamples)
            {
                _samples.Enqueue((delivery.Body.ToArray(), delivery.BasicProperties.ContentType));
            }

            return Task.CompletedTask;
        };
        await _channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer);
    }

    private (byte[] Body, string? ContentType) Message()
    {
        var samples = _samples.ToArray();
        switch (_mutator.Random.Next(10))
        {
            case 0:
                var garbage = new byte[_mutator.Random.Next(2_000)];
                _mutator.Random.NextBytes(garbage);
                return (garbage, _mutator.Pick<string?>([MassTransitJson, "application/json", null, "application/octet-stream"]));
            case < 6 when samples.Length > 0:
                var (body, contentType) = _mutator.Pick(samples);
                return (contentType == MassTransitJson ? _mutator.Frame(Encoding.UTF8.GetString(body)) : _mutator.Raw(body), contentType);
            default:
                var type = _mutator.Pick(Contracts);
                var json = "{\"messageId\":\"" + Guid.NewGuid() + "\",\"sourceAddress\":\"rabbitmq://localhost/x\",\"destinationAddress\":\"rabbitmq://localhost/y\","
                    + $"\"messageType\":[\"urn:message:{type.Namespace}:{type.Name}\"],\"message\":{Value(type, 3)},\"headers\":{{}},\"sentTime\":\"2026-01-01T00:00:00Z\"}}";
                return (_mutator.Chance(0.5) ? Encoding.UTF8.GetBytes(json) : _mutator.Frame(json), MassTransitJson);
        }
    }

    private string Value(Type type, int depth)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (_mutator.Chance(0.05))
        {
            return _mutator.Json();
        }

        return type switch
        {
            _ when type == typeof(string) => JsonSerializer.Serialize(_mutator.Text()),
            _ when type == typeof(Guid) => $"\"{Guid.NewGuid()}\"",
            _ when type == typeof(bool) => _mutator.Pick(["true", "false"]),
            _ when type == typeof(DateTimeOffset) => _mutator.Pick(["\"1970-01-01T00:00:00+00:00\"", "\"9999-12-31T23:59:59+00:00\"", "\"0001-01-01T00:00:00+00:00\""]),
            _ when type == typeof(TimeSpan) => _mutator.Pick(["\"00:00:01\"", "\"-10675199.02:48:05.4775808\"", "\"10675199.02:48:05.4775807\""]),
            _ when type.IsEnum => _mutator.Random.Next(-1, 6).ToString(CultureInfo.InvariantCulture),
            _ when type.IsPrimitive => _mutator.Pick(["0", "1", "-1", "2147483647", "9223372036854775807", "1.5"]),
            _ when type == typeof(JsonElement) => _mutator.Json(),
            _ when depth == 0 => "null",
            _ when type != typeof(string) && Element(type) is { } element =>
                $"[{string.Join(',', Enumerable.Range(0, _mutator.Random.Next(3)).Select(_ => Value(element, depth - 1)))}]",
            _ => $"{{{string.Join(',', type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(_ => _mutator.Chance(0.9))
                .Select(p => $"{JsonSerializer.Serialize(JsonNamingPolicy.CamelCase.ConvertName(p.Name))}:{Value(p.PropertyType, depth - 1)}"))}}}",
        };
    }

    private static Type? Element(Type type) => type.IsArray
        ? type.GetElementType()
        : type.GetInterfaces().Prepend(type).FirstOrDefault(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GetGenericArguments()[0];
}

using System.Diagnostics.CodeAnalysis;
using MassTransit;
using MassTransit.Serialization;

namespace StreamChat.Hosting.Bus.Batches;

/// <summary>A received batch as MassTransit asks for it.</summary>
internal sealed class PackedBatchContext(PackedBatch batch, MessageContext context)
    : BaseSerializerContext(SystemTextJsonMessageSerializer.Instance, context, MessageTypes)
{
    private static readonly string[] MessageTypes = [MessageUrn.ForTypeString<PackedBatch>()];

    public override bool IsSupportedMessageType<T>() => typeof(T) == typeof(PackedBatch);

    public override bool IsSupportedMessageType(Type messageType) => messageType == typeof(PackedBatch);

    public override bool TryGetMessage<T>([NotNullWhen(true)] out T? message)
        where T : class
    {
        message = batch as T;
        return message is not null;
    }

    public override bool TryGetMessage(Type messageType, [NotNullWhen(true)] out object? message)
    {
        message = messageType == typeof(PackedBatch) ? batch : null;
        return message is not null;
    }

    public override IMessageSerializer GetMessageSerializer() => PackedBatchSerializer.Instance;

    public override IMessageSerializer GetMessageSerializer<T>(MessageEnvelope envelope, T message) => PackedBatchSerializer.Instance;

    public override IMessageSerializer GetMessageSerializer(object message, string[] messageTypes) => PackedBatchSerializer.Instance;

    public override Dictionary<string, object> ToDictionary<T>(T? message)
        where T : class => [];
}

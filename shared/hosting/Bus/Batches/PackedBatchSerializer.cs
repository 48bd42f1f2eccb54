using System.Net.Mime;
using System.Runtime.Serialization;
using MassTransit;
using MassTransit.Serialization;

namespace StreamChat.Hosting.Bus.Batches;

/// <summary>
/// Lets MassTransit carry a <see cref="PackedBatch"/> as the whole body, with a content type of its own and no envelope. The content
/// type says what it is, so that it needs no headers either.
/// </summary>
public sealed class PackedBatchSerializer : ISerializerFactory, IMessageSerializer, IMessageDeserializer
{
    /// <summary>The one that is used everywhere; it holds nothing.</summary>
    public static readonly PackedBatchSerializer Instance = new();

    private PackedBatchSerializer()
    {
    }

    /// <inheritdoc cref="IMessageSerializer.ContentType"/>
    public ContentType ContentType { get; } = new("application/vnd.streamchat.batch");

    /// <inheritdoc/>
    public IMessageSerializer CreateSerializer() => this;

    /// <inheritdoc/>
    public IMessageDeserializer CreateDeserializer() => this;

    /// <inheritdoc/>
    public MessageBody GetMessageBody<T>(SendContext<T> context)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.Message is PackedBatch batch
            ? new BytesMessageBody(batch.Bytes)
            : throw new SerializationException($"{ContentType} is no form for {typeof(T)}.");
    }

    /// <inheritdoc/>
    public MessageBody GetMessageBody(string text) => throw new NotSupportedException($"{ContentType} has no form as text.");

    /// <inheritdoc/>
    public ConsumeContext Deserialize(ReceiveContext receiveContext)
    {
        ArgumentNullException.ThrowIfNull(receiveContext);
        return new BodyConsumeContext(receiveContext, Deserialize(receiveContext.Body, receiveContext.TransportHeaders, receiveContext.InputAddress));
    }

    /// <inheritdoc/>
    public SerializerContext Deserialize(MessageBody body, Headers headers, Uri? destinationAddress = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new PackedBatchContext(new PackedBatch(body.GetBytes()), new RawMessageContext(headers, destinationAddress!, default));
    }

    /// <inheritdoc/>
    public void Probe(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.CreateScope("batch").Add("contentType", ContentType.MediaType);
    }
}

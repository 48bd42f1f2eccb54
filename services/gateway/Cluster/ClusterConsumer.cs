using MassTransit;
using StreamChat.Contracts.Gateways;
using StreamChat.Hosting.Bus;

namespace StreamChat.Gateway.Cluster;

/// <summary>Hears what other gateways tell and ask everybody.</summary>
internal sealed partial class ClusterConsumer(
    ClusterView view, ClusterReporter reporter, ILocalConnections local, GatewayIdentity identity, InstanceSender sender, ILogger<ClusterConsumer> logger)
    : IConsumer<GatewayReport>, IConsumer<ListConnections>, IConsumer<Broadcast>
{
    public Task Consume(ConsumeContext<GatewayReport> context)
    {
        if (view.Hear(context.Message))
        {
            reporter.ReportSoon();
        }

        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<ListConnections> context) =>
        context.Message.GatewayId == identity.GatewayId
            ? Task.CompletedTask
            : AnswerAsync(
                context.Message.GatewayId,
                new ConnectionsListed { RequestId = context.Message.RequestId, GatewayId = identity.GatewayId, Connections = local.List(context.Message.Limit) },
                context.CancellationToken);

    public Task Consume(ConsumeContext<Broadcast> context) =>
        context.Message.GatewayId == identity.GatewayId
            ? Task.CompletedTask
            : AnswerAsync(
                context.Message.GatewayId,
                new BroadcastDelivered { MessageId = context.Message.MessageId, GatewayId = identity.GatewayId, Connections = local.Broadcast(context.Message) },
                context.CancellationToken);

    private async Task AnswerAsync<T>(string gatewayId, T answer, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            await sender.SendAsync(BusNames.Instance(BusNames.Gateway, gatewayId), answer, cancellationToken);
        }
        catch (Exception e) when (e is InstanceGoneException or TimeoutException)
        {
            LogNotAnswered(gatewayId, e);
        }
    }

    [LoggerMessage(1521, LogLevel.Information, "Gateway {GatewayId} could not be answered.")]
    private partial void LogNotAnswered(string gatewayId, Exception exception);
}

/// <summary>Takes the answers to what this gateway asked.</summary>
internal sealed class ClusterAnswerConsumer(ClusterQuestions questions) : IConsumer<ConnectionsListed>, IConsumer<BroadcastDelivered>
{
    public Task Consume(ConsumeContext<ConnectionsListed> context)
    {
        questions.Answer(context.Message.RequestId, context.Message.GatewayId, context.Message);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<BroadcastDelivered> context)
    {
        questions.Answer(context.Message.MessageId, context.Message.GatewayId, context.Message);
        return Task.CompletedTask;
    }
}

using MassTransit;
using MassTransit.RabbitMqTransport;
using StreamChat.Hosting.Bus;

namespace StreamChat.IntegrationTests.Bus;

public sealed class KeepListeningTests
{
    [Fact]
    public async Task An_operation_that_the_broker_did_not_answer_becomes_a_fault_of_the_connection_which_is_tried_again()
    {
        var unanswered = Pipe.ExecuteAsync<ChannelContext>(_ => throw new TaskCanceledException());

        await Assert.ThrowsAsync<RabbitMqConnectionException>(() => new KeepListening().Send(null!, unanswered));
    }
}

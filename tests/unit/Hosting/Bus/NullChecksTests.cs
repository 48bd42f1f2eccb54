using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using StreamChat.Contracts;
using StreamChat.Contracts.Agents;
using StreamChat.Contracts.Gateways;
using StreamChat.Contracts.Tools;
using StreamChat.Hosting.Bus;

namespace StreamChat.UnitTests.Hosting.Bus;

public sealed class NullChecksTests
{
    private const string Report = """{"gatewayId":"g","startedAt":"2026-01-01T00:00:00Z","dialects":[],"validFor":"00:00:10"}""";

    private static readonly JsonSerializerOptions Options =
        new(JsonSerializerDefaults.Web) { TypeInfoResolver = ContractsJson.Default.WithAddedModifier(NullChecks.Check) };

    [Fact]
    public void A_whole_message_is_read() => Assert.Equal("g", Read<GatewayReport>(Report).GatewayId);

    [Theory]
    [InlineData("\"dialects\":[]", "\"dialects\":null")]
    [InlineData("\"dialects\":[]", "\"dialects\":[null]")]
    [InlineData("\"gatewayId\":\"g\"", "\"gatewayId\":null")]
    [InlineData("\"dialects\":[]", "\"dialects\":[{\"dialect\":null,\"connections\":1,\"users\":1,\"framesSent\":1,\"totalConnections\":1,\"totalFramesSent\":1}]")]
    public void One_with_a_null_where_none_may_be_is_not(string part, string instead) =>
        Assert.Throws<JsonException>(() => Read<GatewayReport>(Report.Replace(part, instead, StringComparison.Ordinal)));

    [Fact]
    public void That_holds_for_what_is_announced()
    {
        Assert.Throws<JsonException>(() => Read<ToolsAnnounced>("""{"toolWorkerId":"t","tools":[null],"validFor":"00:00:10"}"""));
        Assert.Throws<JsonException>(() => Read<AgentsAnnounced>("""{"workerId":"w","agents":[{"name":"a","description":"d","handOffs":[null],"tools":[],"inputGuardrails":[]}],"validFor":"00:00:10"}"""));
        Assert.Throws<JsonException>(() => Read<AgentsAnnounced>("""{"workerId":"w","agents":[],"models":[null],"validFor":"00:00:10"}"""));
    }

    [Fact]
    public void What_an_older_process_leaves_out_may_be_missing() =>
        Assert.Empty(Read<AgentsAnnounced>("""{"workerId":"w","agents":[],"validFor":"00:00:10"}""").Models);

    private static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, Options)!;
}

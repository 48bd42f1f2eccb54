using Microsoft.Extensions.Options;

namespace StreamChat.Gateway.Limits;

/// <summary>The runs that each user's connections on this gateway wait for.</summary>
internal sealed class UserRuns(IOptions<LimitsOptions> options) : UserSlots(() => options.Value.RunsPerUser);

/// <summary>The tool calls that each user makes directly, without an agent, on this gateway.</summary>
internal sealed class UserToolCalls(IOptions<LimitsOptions> options) : UserSlots(() => options.Value.ToolCallsPerUser);

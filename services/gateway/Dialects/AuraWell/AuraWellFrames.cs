namespace StreamChat.Gateway.Dialects.AuraWell;

/// <summary>Whose memory a connection uses. A member is a profile of the connection's user, so all of them are that user's own.</summary>
internal sealed class AuraWellMembers(string userId)
{
    private volatile string _active = userId;

    public string UserId { get; } = userId;

    /// <summary>The member in use; at first the user.</summary>
    public string Active => _active;

    public void Switch(string memberId) => _active = memberId;
}

/// <summary>A message to one of the agents.</summary>
internal sealed record AuraWellChat : RunRequest
{
    public required AuraWellMembers Members { get; init; }

    /// <summary>The member that the message itself names; null for the one in use when its turn comes.</summary>
    public string? MemberId { get; init; }

    /// <summary>What the client calls the conversation: a mark on the answer, which says nothing about memory.</summary>
    public string? ConversationId { get; init; }

    /// <summary>True for a question to the health adviser, false for any other talk.</summary>
    public required bool IsHealth { get; init; }

    /// <summary>Memory goes by member.</summary>
    public override string? ThreadId => ThreadIds.Of(AuraWellDialect.DialectName, Members.UserId, MemberId ?? Members.Active);
}

/// <summary>Use another member's memory from now on.</summary>
internal sealed record SwitchMemberRequest(AuraWellMembers Members, string MemberId) : ClientFrame
{
    // an answer between the frames of another turn would be taken for that turn's
    public override bool IsTurn => true;
}

/// <summary>Tell the state of the connection.</summary>
internal sealed record SessionStatusRequest(AuraWellMembers Members) : ClientFrame
{
    public override bool IsTurn => true;
}

/// <summary>The answer to <see cref="SwitchMemberRequest"/>.</summary>
internal sealed record MemberSwitched(string MemberId) : ServerEvent;

/// <summary>The answer to <see cref="SessionStatusRequest"/>.</summary>
internal sealed record SessionStatus(DateTimeOffset ConnectedAt, DateTimeOffset LastActivity, string MemberId, int ConnectedUsers) : ServerEvent;

/// <summary>A frame that is wrong in a way that this protocol has a code for.</summary>
/// <param name="ErrorCode">A member of <see cref="AuraWellErrors"/>.</param>
/// <param name="Code">The same for telemetry, a member of <see cref="Runs.FaultCodes"/>.</param>
/// <param name="Message">For a person.</param>
internal sealed record AuraWellFault(string ErrorCode, string Code, string Message) : Fault(Code, Message);

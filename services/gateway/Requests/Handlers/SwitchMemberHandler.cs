using StreamChat.Gateway.Dialects.AuraWell;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Uses another family member's memory from now on; one that is new begins with none.</summary>
internal sealed class SwitchMemberHandler : RequestHandler<SwitchMemberRequest>
{
    protected override ValueTask HandleAsync(RequestContext context, SwitchMemberRequest request)
    {
        request.Members.Switch(request.MemberId);
        context.Connection.Send(new MemberSwitched(request.MemberId));
        return ValueTask.CompletedTask;
    }
}

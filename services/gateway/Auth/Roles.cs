namespace StreamChat.Gateway.Auth;

/// <summary>The roles that mean something here. Others may be given and are carried along.</summary>
internal static class Roles
{
    /// <summary>May do everything: broadcast, see all lists, give and revoke tokens.</summary>
    public const string Admin = "admin";

    /// <summary>May give users their tokens, and revoke them.</summary>
    public const string Tokens = "tokens";
}

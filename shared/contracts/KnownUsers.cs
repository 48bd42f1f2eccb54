namespace StreamChat.Contracts;

/// <summary>Ids of users that mean something by themselves.</summary>
public static class KnownUsers
{
    /// <summary>Whose name everyone has who gives none, where the gateway lets them in. Nothing is kept for it: all of them would see it.</summary>
    public const string Anonymous = "anonymous";
}

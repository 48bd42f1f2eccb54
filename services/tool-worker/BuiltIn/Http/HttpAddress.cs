namespace StreamChat.ToolWorker.BuiltIn.Http;

/// <summary>Addresses that an operator writes into the configuration.</summary>
internal static class HttpAddress
{
    /// <summary>What is wrong with one that is not usable.</summary>
    public const string Wanted = "Is not an absolute http:// or https:// address without user and password.";

    public static bool IsUsable(Uri? address) =>
        address is { IsAbsoluteUri: true } && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
        && address.UserInfo.Length == 0; // the HTTP client ignores user and password

    /// <summary>An address below a base, which may have a path of its own.</summary>
    public static Uri Below(Uri root, string path) => new($"{root.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{path}");
}

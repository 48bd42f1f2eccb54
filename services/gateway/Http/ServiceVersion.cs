using System.Reflection;

namespace StreamChat.Gateway.Http;

/// <summary>The version of what is running.</summary>
internal static class ServiceVersion
{
    public static readonly string Text =
        typeof(ServiceVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}

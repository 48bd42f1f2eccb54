using System.ComponentModel.DataAnnotations;

namespace StreamChat.ToolWorker.BuiltIn.UserData;

/// <summary>Section <c>Tools:UserData</c>: how much the tools keep for one user.</summary>
internal sealed class UserDataOptions
{
    public const string Section = "Tools:UserData";

    /// <summary>How many notes.</summary>
    [Range(1, 10_000)]
    public int Notes { get; set; } = 200;

    /// <summary>How many to-dos, done ones included.</summary>
    [Range(1, 10_000)]
    public int Todos { get; set; } = 200;

    /// <summary>How many preferences.</summary>
    [Range(1, 80)]
    public int Preferences { get; set; } = 50;

    /// <summary>How long one text may be, in characters.</summary>
    [Range(1, 4_000)]
    public int TextLength { get; set; } = 1_000;
}

using System.Collections.Concurrent;
using System.ComponentModel;
using Microsoft.SemanticKernel;
using StreamChat.Contracts.Tools;

namespace StreamChat.Samples.SemanticKernel;

/// <summary>The lamps and whether each is on.</summary>
internal sealed class Lamps
{
    private readonly ConcurrentDictionary<string, bool> _on = new(StringComparer.OrdinalIgnoreCase) { ["desk"] = false, ["hall"] = true };

    public override string ToString() => string.Join(", ", _on.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => $"{l.Key} ({(l.Value ? "on" : "off")})"));

    public bool Switch(string lamp, bool on) => _on.TryGetValue(lamp, out var was) && _on.TryUpdate(lamp, on, was);
}

/// <summary>Functions that the model may call. Each becomes the tool <c>lights_…</c>.</summary>
internal sealed class LightsPlugin(Lamps lamps)
{
    [KernelFunction("list"), Description("Lists the lamps and whether they are on.")]
    public string List() => lamps.ToString();

    [KernelFunction("switch"), Description("Switches a lamp on or off.")]
    public string Switch([Description("The lamp's name.")] string lamp, [Description("Whether it is to be on.")] bool on, Kernel kernel) =>
        lamps.Switch(lamp, on)
            ? $"{kernel.Data[ToolCallKeys.UserId]} switched the lamp {lamp} {(on ? "on" : "off")}."
            : $"There is no lamp {lamp}.";
}

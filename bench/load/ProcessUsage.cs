using System.Globalization;

namespace StreamChat.Load;

/// <summary>What a process has used so far, as the kernel's <c>/proc</c> tells.</summary>
internal sealed record ProcessUsage(double CpuSeconds, double RssMegabytes, double PeakRssMegabytes)
{
    /// <summary>The unit of times in <c>/proc</c>; 100 on every Linux that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    /// <returns>The usage; null when there is no such process (any more).</returns>
    public static ProcessUsage? Read(int pid)
    {
        try
        {
            var status = File.ReadAllLines($"/proc/{pid}/status");
            return new(
                ParseCpuSeconds(File.ReadAllText($"/proc/{pid}/stat")), ParseMegabytes(status, "VmRSS:"), ParseMegabytes(status, "VmHWM:"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>User and system time of all threads.</summary>
    public static double ParseCpuSeconds(string stat)
    {
        // the name, in parentheses, may hold anything; fields are counted from behind it: utime is the 12th, stime the 13th
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>Resident memory, now (<c>VmRSS:</c>) or at its most (<c>VmHWM:</c>); 0 for a process without (ended, not yet collected).</summary>
    public static double ParseMegabytes(IEnumerable<string> status, string name)
    {
        var line = status.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : Math.Round(long.Parse(line.AsSpan(name.Length).Trim()[..^3], CultureInfo.InvariantCulture) / 1024.0, 1);
    }
}

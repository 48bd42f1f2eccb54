namespace StreamChat.Load;

/// <summary>What a watched process used; null when it had ended by then.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="CpuSeconds">While the runs went on: opening sockets is not in it.</param>
/// <param name="RssStartMb">Before any socket was opened.</param>
/// <param name="RssConnectedMb">With all of them open, before the first run.</param>
/// <param name="RssEndMb">After the last run, with all of them still open.</param>
/// <param name="PeakRssMb">The most in its whole life.</param>
internal sealed record ProcessReport(
    int Pid, double? CpuSeconds, double RssStartMb, double RssConnectedMb, double? RssEndMb, double? PeakRssMb)
{
    public static ProcessReport Of(int pid, ProcessUsage start, ProcessUsage connected, ProcessUsage? end) => new(
        pid,
        end is null ? null : Math.Round(end.CpuSeconds - connected.CpuSeconds, 2),
        start.RssMegabytes,
        connected.RssMegabytes,
        end?.RssMegabytes,
        end?.PeakRssMegabytes);
}

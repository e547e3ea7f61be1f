using System.Globalization;
using System.Text;
using Signalbox.Api;

namespace Signalbox.Cli.Terminal;

/// <summary>A track as a few lines of text: the status page and the live view share it.</summary>
internal static class TrackText
{
    /// <summary>What stands beside the bar of an arm takes this many columns.</summary>
    private const int BesideTheBar = 74;

    public static string Render(TrackView track, Paint paint)
    {
        var text = new StringBuilder();
        text.AppendLine().AppendLine($"{paint.Bold(track.Track)}  {track.Phase}{Serving(track)}");
        if (track.Promotion is { } promotion && Drift(promotion, paint) is { } drift) text.AppendLine("  " + drift);
        if (track.HostProblem is { } problem) text.AppendLine("  " + paint.Bad(problem));
        if (track.Rollout is { } rollout) text.AppendLine("  " + RolloutText.Headline(rollout, paint));
        foreach (var service in track.Services) AppendService(text, service, paint);
        if (track.Rollout is { } waiting && RolloutText.NextStep(waiting) is { } next) text.AppendLine(next);
        return text.ToString();
    }

    /// <summary>An environment that nothing has gone into yet.</summary>
    public static string RenderEmpty(string application, PromotionView promotion, Paint paint) =>
        $"{Environment.NewLine}{paint.Bold($"{application}/{promotion.Environment}")}  nothing yet{Environment.NewLine}{(Drift(promotion, paint) is { } drift ? $"  {drift}{Environment.NewLine}" : "")}";

    /// <summary>How it differs from the environment before; null where it does not.</summary>
    private static string? Drift(PromotionView promotion, Paint paint)
    {
        if (promotion.State is "Nothing" or "Level" or "GoingOut") return null;
        var said = promotion.State is "Waiting" or "Held" ? paint.Warn(promotion.Because) : promotion.Because;
        return $"from {promotion.From}: {said}{(promotion.Next is { } next ? $"; {next}" : "")}";
    }

    private static string Serving(TrackView track)
    {
        if (track.Stable is null) return "";
        var warm = track is { Warm: { } release, WarmUntil: { } until } ? $", {release} warm until {Clock(until)}" : "";
        return $"  {track.Stable} serves{warm}";
    }

    private static void AppendService(StringBuilder text, ServiceView service, Paint paint)
    {
        text.AppendLine($"  {service.Service} ({service.Kind.ToLowerInvariant()}){Place(service)}");
        if (service.Problem is { } problem) text.AppendLine("    " + paint.Bad(problem));
        foreach (var arm in service.Arms)
            if (service.Address is null) AppendWorker(text, service, arm, paint);
            else AppendArm(text, arm, paint);
        if (service.Judge is { } judge) text.AppendLine("    " + JudgeText.Line(judge, paint));
    }

    private static string Place(ServiceView service) =>
        $"{(service.Address ?? service.Schedule) switch { { } where => $" {where}", null => "" }}{(service.Next is { } next ? $", at {next} once the new release took over" : "")}{(service.Preview is { } preview ? $", the new release alone at {preview}" : "")}";

    /// <summary>Neither a worker nor a cron has traffic: what there is against it are its restarts, or its runs that failed.</summary>
    private static void AppendWorker(StringBuilder text, ServiceView service, ArmView arm, Paint paint)
    {
        if (arm is { Desired: 0, Ready: 0 }) return;
        var trouble = service.Schedule is null ? $"{arm.Restarts} restarts" : arm.Restarts == 0 ? "no failed run" : $"{arm.Restarts} failed runs in a row";
        text.AppendLine(string.Create(CultureInfo.InvariantCulture,
            $"    {arm.Role,-7} {arm.Revision,-14} {arm.Ready}/{arm.Desired} ready  {(arm.Restarts > 0 ? paint.Warn(trouble) : trouble)}"));
        if (arm.Failure is { } failure) text.AppendLine("      " + paint.Bad($"{failure.Kind}: {failure.Message}"));
    }

    private static void AppendArm(StringBuilder text, ArmView arm, Paint paint)
    {
        var bad = $"{arm.Bad} bad";
        text.AppendLine(string.Create(CultureInfo.InvariantCulture,
            $"    {arm.Role,-7} {arm.Revision,-14} {Bar(arm.Weight.Share, Math.Clamp(Screen.Width - BesideTheBar, 4, 20))} {arm.Weight,6}  {arm.Ready}/{arm.Desired} ready  {arm.Requests,8} requests  {(arm.Bad > 0 ? paint.Bad(bad) : bad)}"));
        if (arm.Failure is { } failure) text.AppendLine("      " + paint.Bad($"{failure.Kind}: {failure.Message}"));
    }

    /// <summary>A bar of <paramref name="width"/> cells; anything above nothing shows at least one.</summary>
    public static string Bar(double share, int width)
    {
        var full = share <= 0 ? 0 : Math.Clamp((int)Math.Round(share * width), 1, width);
        return new string('█', full) + new string('░', width - full);
    }

    public static string Clock(DateTimeOffset at) => at.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}

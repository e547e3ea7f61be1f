using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Signalbox.Delivery.Detection;

/// <summary>Java and Kotlin: Spring Boot and Quarkus by Maven or Gradle, packaged as a jar that runs.</summary>
internal static partial class JavaDetector
{
    private static readonly string[] Sources = [".java", ".kt", ".groovy"];
    private static readonly string[] Settings = ["src/main/resources/application.properties", "src/main/resources/application.yml", "src/main/resources/application.yaml"];

    /// <summary>A JVM on a busy machine takes its time.</summary>
    private static readonly TimeSpan Start = TimeSpan.FromSeconds(60);

    public static ServiceProposal? Detect(Scene scene)
    {
        if (scene.Tree.Read("pom.xml") is { } pom && XmlPlaces.Read(pom, scene.Notes) is { } root) return Maven(scene, pom, root);
        return scene.Tree.ReadFirst("build.gradle.kts", "build.gradle") is { } gradle ? Gradle(scene, gradle) : null;
    }

    private static ServiceProposal? Maven(Scene scene, SourceFile pom, XElement root)
    {
        var boot = Artifact(root, "spring-boot-maven-plugin") ?? Artifact(root, "spring-boot-starter-parent");
        var quarkus = Artifact(root, "quarkus-maven-plugin");
        if ((boot ?? quarkus) is not { } found) return null;
        var tool = scene.Tree.Has("mvnw") ? "sh ./mvnw" : "mvn";
        var id = Child(root, "artifactId")?.Value.Trim() ?? "app";
        var build = $"{tool} -B -q -DskipTests package";
        var proposal = Propose(scene, boot is not null, XmlPlaces.At(pom, found), pom, build, "target") with
        {
            ApplicationName = Slugs.Of(id) is { } name ? new(name, "", XmlPlaces.At(pom, (XObject?)Child(root, "artifactId") ?? root)) : null,
        };
        return Web(scene, proposal, Artifact(root, "spring-boot-starter-actuator") is { } actuator ? XmlPlaces.At(pom, actuator) : null, boot is not null);
    }

    private static ServiceProposal? Gradle(Scene scene, SourceFile gradle)
    {
        var boot = gradle.Find(GradleBoot());
        var quarkus = gradle.Find(GradleQuarkus());
        if ((boot ?? quarkus) is not { } found) return null;
        var tool = scene.Tree.Has("gradlew") ? "sh ./gradlew" : "gradle";
        var build = $"{tool} --console=plain -q {(boot is not null ? "bootJar" : "build -x test")}";
        var name = scene.Tree.ReadFirst("settings.gradle.kts", "settings.gradle")?.Find(GradleName());
        var proposal = Propose(scene, boot is not null, found.At, gradle, build, boot is not null ? "build/libs" : "build") with
        {
            ApplicationName = name is not null && Slugs.Of(name[1]) is { } slug ? new(slug, "", name.At) : null,
        };
        return Web(scene, proposal, gradle.Find(GradleActuator())?.At, boot is not null);
    }

    private static ServiceProposal Propose(Scene scene, bool boot, Place found, SourceFile file, string build, string output)
    {
        var folder = Workshop.Of(scene.Service);
        var java = scene.Programs.Named("java");
        // Boot's jar lies beside one of the same name with "plain" or "original" in it; Quarkus makes a folder
        var copy = boot ? $"cp \"$(ls {output}/*.jar | grep -v -e '-plain\\.jar$' -e '-sources\\.jar$' | head -n 1)\" {folder}/app.jar" : $"cp -R {output}/quarkus-app/. {folder}/";
        return new(boot ? "Spring Boot" : "Quarkus", found, boot
            ? new(Words.Shell($"{java} -jar app.jar --server.address=127.0.0.1 --server.port=\"$PORT\""), "the packaged program, told its port")
            : new(Words.Shell($"{java} -Dquarkus.http.host=127.0.0.1 -Dquarkus.http.port=\"$PORT\" -jar quarkus-run.jar"), "the packaged program, told its port"))
        {
            Name = scene.Service,
            // neither tool removes what it made of an earlier version, and the old program would go out
            Build = new($"rm -rf {output}/{(boot ? "*.jar" : "quarkus-app")}\n{build}\n{Workshop.Empty(scene.Service)}\n{copy}", "packaged, without its tests", file.Place),
            Artifact = new(folder, "where the build copies the program to"),
            StartWithin = Start,
        };
    }

    private static ServiceProposal Web(Scene scene, ServiceProposal proposal, Place? actuator, bool boot)
    {
        var settings = Settings.Select(scene.Tree.Read).OfType<SourceFile>().ToList();
        var port = settings.Select(file => file.Find(SettingsPort())).FirstOrDefault(hit => hit is not null);
        var prefix = settings.Select(file => file.Find(ContextPath())).FirstOrDefault(hit => hit is not null)?[1].TrimEnd('/') ?? "";
        var own = HealthSearch.Find(scene.Tree, Sources);
        var root = HealthSearch.Sources(scene.Tree, Sources).Select(file => file.Find(RootRoute())).FirstOrDefault(hit => hit is not null);
        var health = actuator is not null
            ? new($"{prefix}/actuator/health", "the actuator's", actuator)
            : own ?? (!boot && scene.Tree.Read("pom.xml")?.Text.Contains("quarkus-smallrye-health", StringComparison.Ordinal) == true ? new("/q/health/live", "SmallRye's", proposal.Found) : root is null ? null : new Proposed<string>("/", "no health address was found; the start page answers", root.At));
        return proposal with
        {
            Port = port is not null && PortSearch.Number(port.Match.Groups["port"].Value) is > 0 and var number ? new(number, "where it listens today", port.At) : new(8080, $"{proposal.What}'s usual one"),
            Health = health is null || actuator is not null || prefix.Length == 0 ? health : health with { Value = prefix + health.Value },
        };
    }

    private static XElement? Child(XElement root, string name) => root.Elements().FirstOrDefault(element => element.Name.LocalName == name);

    private static XElement? Artifact(XElement root, string id) =>
        root.Descendants().FirstOrDefault(element => element.Name.LocalName == "artifactId" && element.Value.Trim() == id);

    [GeneratedRegex("""org\.springframework\.boot["')]""")]
    private static partial Regex GradleBoot();

    [GeneratedRegex("""io\.quarkus["')]""")]
    private static partial Regex GradleQuarkus();

    [GeneratedRegex(@"spring-boot-starter-actuator")]
    private static partial Regex GradleActuator();

    [GeneratedRegex("""rootProject\.name\s*=\s*["']([^"']{1,100})["']""")]
    private static partial Regex GradleName();

    [GeneratedRegex(@"^\s*(?:server\.port|quarkus\.http\.port|port)\s*[=:]\s*(?:\$\{[A-Z_]+:)?(?<port>\d{2,5})")]
    private static partial Regex SettingsPort();

    [GeneratedRegex(@"^\s*(?:server\.servlet\.context-path|context-path)\s*[=:]\s*[""']?(/[\w/-]{1,100})")]
    private static partial Regex ContextPath();

    [GeneratedRegex("""@(?:Get|Request)Mapping\(\s*(?:(?:value|path)\s*=\s*)?["']/["']|@GetMapping\s*$|@Path\("/"\)""")]
    private static partial Regex RootRoute();
}

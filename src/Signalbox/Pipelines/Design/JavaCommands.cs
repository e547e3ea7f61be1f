namespace Signalbox.Pipelines.Design;

/// <summary>Java by Maven or Gradle. Both bring JaCoCo where the project says nothing of it. Each module's reports lie below it, and are gathered also where tests fail.</summary>
internal static class JavaCommands
{
    private const string Reports = "reports/java";

    // docs.gradle.org, "The JaCoCo Plugin"; from Gradle 7 on
    private const string Jacoco = "allprojects { plugins.withId(\"java\") { apply plugin: \"jacoco\"; tasks.named(\"jacocoTestReport\") { reports { csv.required = true } } } }";

    public static LanguageCommands Of(LanguageFound language, string least) => language.Manager.Value is "gradle" or "gradlew" ? Gradle(language, least) : Maven(language, least);

    private static LanguageCommands Maven(LanguageFound language, string least)
    {
        // repo1.maven.org
        const string Plugin = "org.jacoco:jacoco-maven-plugin:0.8.12";
        var maven = $"{(language.Manager.Value == "mvnw" ? "sh ./mvnw" : "mvn")} --batch-mode --no-transfer-progress";
        return new(null, $"{maven} -DskipTests package",
            Tested($"{maven} {Plugin}:prepare-agent verify {Plugin}:report", "", "*/target/surefire-reports/TEST-*.xml", "*/target/site/jacoco/jacoco.csv", least), [$"{Reports}/"]);
    }

    /// <summary>Gradle says of a build that has no change that it is up to date, and writes no report again: what an earlier one left counts.</summary>
    private static LanguageCommands Gradle(LanguageFound language, string least)
    {
        var gradle = $"{(language.Manager.Value == "gradlew" ? "sh ./gradlew" : "gradle")} --no-daemon --console=plain";
        return new(null, $"{gradle} assemble",
            Tested($"{gradle} --continue --init-script {Reports}/jacoco.init.gradle check jacocoTestReport", $"echo '{Jacoco}' > {Reports}/jacoco.init.gradle\n", "*/build/test-results/*/TEST-*.xml", "*/build/reports/jacoco/*/jacocoTestReport.csv", least), [$"{Reports}/"]);
    }

    /// <param name="before">Lines that the command needs, each with its end.</param>
    /// <param name="tests">Where JUnit's reports lie, as <c>find</c> is asked.</param>
    /// <param name="coverage">Where JaCoCo's tables lie.</param>
    private static string Tested(string command, string before, string tests, string coverage, string least) =>
        $"rm -rf {Reports}\nmkdir -p {Reports}\n{before}ended=0\n{command} || ended=$?\n"
        + $"find . -path '{tests}' -exec cp {{}} {Reports}/ \\;\n[ \"$ended\" -eq 0 ]\n"
        + $$"""find . -path '{{coverage}}' -exec cat {} + | awk -F, '$1 != "GROUP" { all += $8 + $9; hit += $9 } """ + $"{LanguageCommands.Share("hit", "all", least)}'";
}
